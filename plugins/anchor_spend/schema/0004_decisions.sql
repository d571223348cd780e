-- Decisions worked only where something changed, reviewed decisions that hold for the variants of a name, and the
-- VAT and charity numbers printed beside names.

-- Numbers printed beside a supplier's name, other than the company number; one supplier may have several.
create table landing.supplier_identifiers (
    is_synthetic boolean not null,
    supplier_key text not null,
    scheme text not null check (scheme in ('vat', 'charity')),
    identifier text not null check (identifier <> ''),  -- in the scheme's own form
    primary key (is_synthetic, supplier_key, scheme, identifier),
    foreign key (is_synthetic, supplier_key) references landing.suppliers
);
create index on landing.supplier_identifiers (is_synthetic, scheme, identifier);

-- first and last payment of the few suppliers that are new, without reading the years before
create index on landing.payments (supplier_key, payment_date);

alter table warehouse.supplier_decisions
add column band text check (band in ('accept', 'review', 'reject')),
-- equal for variants of a name: a hash of the form names are compared in; '' where decided before it was kept
add column name_key text not null default '',
add column printed_number text not null default '',  -- the company number printed, in register form
add column vat_entity_id text,  -- who others with the same VAT number are, where that decided
add column asked_fingerprint text not null default '';  -- of its identifiers and of reviewed decisions on its name

update warehouse.supplier_decisions
set band = case when entity_id is null then 'reject' else 'accept' end;
alter table warehouse.supplier_decisions alter column band set not null;

create index on warehouse.supplier_decisions (is_synthetic, name_key) where superseded_at is null;

-- Whether a reviewed decision on one published name holds for a variant of it too: not where the variant carries
-- a number, or other evidence printed beside it, that points elsewhere, and never to turn a person into a company.
create function warehouse.holds_for_variant(
    reviewed_entity_id text,
    reviewed_number text,  -- printed beside the reviewed name; null where that supplier is not known here
    printed_number text,  -- of the variant, as all that follows
    method text,
    decided_entity_id text,
    payee_kind text
) returns boolean immutable language sql return
    (
        printed_number = ''
        or printed_number is not distinct from reviewed_number
        or 'GB-COH-' || printed_number is not distinct from reviewed_entity_id
    )
    and not (
        method in ('company_number', 'charity_number', 'vat_number', 'name_and_postcode')
        and decided_entity_id is distinct from reviewed_entity_id
    )
    and not (reviewed_entity_id is not null and payee_kind = 'person');

-- Reviewed decisions that need another look, as the suppliers of a world were last decided.
create table quality.stale_overrides (
    is_synthetic boolean not null,
    supplier_key text not null,
    rule text not null,
    severity text not null check (severity in ('warning', 'info')),
    detail text not null,
    remedy text not null,
    noticed_at timestamptz not null default now(),
    primary key (is_synthetic, supplier_key, rule)
);
