-- The tables Python writes. dbt owns everything else in `warehouse` and all of release_<n>.
-- is_synthetic keeps the sample county and real data apart in one database: nothing ever reads both.

create schema if not exists landing;
create schema if not exists reference;
create schema if not exists warehouse;
create schema if not exists published;
create schema if not exists quality;

-- landing: the ledger ---------------------------------------------------------------------------------

create table landing.fetch_attempts (
    attempt_id bigint generated always as identity primary key,
    run_id text not null,
    is_synthetic boolean not null,
    publisher_id text not null,
    stream text not null,
    period text,  -- null for a listing page
    url text not null,
    started_at timestamptz not null,
    duration_ms integer not null,
    outcome text not null check (outcome in ('landed', 'unchanged', 'listing', 'failed')),
    http_status integer,
    detail text not null default '',
    response_headers jsonb not null default '{}',
    redirects jsonb not null default '[]',
    sha256 text,
    size_bytes bigint
);
create index on landing.fetch_attempts (is_synthetic, url, attempt_id desc);

create table landing.file_versions (
    file_id bigint generated always as identity primary key,
    is_synthetic boolean not null,
    source text not null check (source in ('sample', 'live', 'archive')),
    publisher_id text not null,
    stream text not null,
    period text not null check (period ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    sha256 text not null,
    file_name text not null,
    size_bytes bigint not null,
    url text not null,
    landed_at timestamptz not null default now(),
    -- landed: bytes kept, not loaded. accepted: the version that counts. superseded: was accepted, a later
    -- version counts. rejected: could not be read, or failed the landed_file gate. held: loaded, then failed
    -- the payments gate.
    status text not null default 'landed'
    check (status in ('landed', 'accepted', 'superseded', 'rejected', 'held')),
    status_reason text not null default '',
    spec_sha256 text,
    reading jsonb not null default '{}',
    rows_read bigint,
    pence_read bigint,
    rows_payments bigint,
    pence_payments bigint,
    rows_rejected bigint,
    pence_rejected bigint,
    rows_excluded bigint,
    pence_excluded bigint,
    accepted_at timestamptz,
    superseded_at timestamptz,
    superseded_by bigint references landing.file_versions,
    unique (is_synthetic, publisher_id, stream, period, sha256),
    constraint conserved check (
        status not in ('accepted', 'superseded', 'held')
        or (
            rows_read = rows_payments + rows_rejected + rows_excluded
            and pence_read = pence_payments + pence_rejected + pence_excluded
        )
    )
);
create unique index one_accepted_version on landing.file_versions (is_synthetic, publisher_id, stream, period)
where status = 'accepted';

create table landing.payments (
    file_id bigint not null references landing.file_versions,
    sheet text not null,
    row_number integer not null,
    publisher_id text not null,
    stream text not null,
    period text not null,
    payment_date date not null,
    date_basis text not null,
    amount_gbp numeric(14, 2) not null,
    vat_basis text not null,
    supplier_key text,  -- landing.suppliers; null where the name is redacted or blank
    is_redacted boolean not null,
    supplier_ref text,
    department text,
    category text,
    description text,
    transaction_ref text,
    primary key (period, file_id, sheet, row_number)
) partition by range (period);
-- one partition per financial year; a file of any other month lands in the default one
create table landing.payments_other partition of landing.payments default;
do $$
begin
    for year in 2010..2039 loop
        execute format(
            'create table landing.payments_%s partition of landing.payments for values from (%L) to (%L)',
            year, year || '-04', year + 1 || '-04'
        );
    end loop;
end $$;
create index on landing.payments (file_id);

create table landing.set_aside (
    file_id bigint not null references landing.file_versions,
    is_rejected boolean not null,  -- else excluded by a named rule
    sheet text not null,
    row_number integer not null,
    rule text not null,
    column_name text not null,
    detail text not null,
    amount_gbp numeric(14, 2) not null,
    primary key (file_id, sheet, row_number)
);

-- One row per distinct supplier as published: name, and the number and postcode printed beside it.
create table landing.suppliers (
    is_synthetic boolean not null,
    supplier_key text not null,
    supplier_name text not null,
    company_number text not null default '',
    postcode text not null default '',
    name_cut_at integer,  -- the name fills the publisher's width limit: it may be cut
    first_seen_at timestamptz not null default now(),
    primary key (is_synthetic, supplier_key)
);

-- reference ---------------------------------------------------------------------------------------------

create table reference.vintages (
    is_synthetic boolean not null,
    dataset text not null,  -- postcodes, companies, public_bodies
    vintage text not null,
    sha256 text not null,
    row_count bigint not null,
    origin text not null,
    licence text not null,
    loaded_at timestamptz not null default now(),
    primary key (is_synthetic, dataset)
);

create table reference.postcodes (
    is_synthetic boolean not null,
    postcode text not null,  -- 'LU1 2BQ'
    postcode_area text not null,  -- 'LU'
    outward_code text not null,  -- 'LU1'
    authority_code text,
    region_code text,  -- null where the source of the postcodes does not say
    ward_code text,
    lsoa_code text,  -- 2021
    easting integer,  -- metres, EPSG:27700
    northing integer,
    terminated_on date,
    primary key (is_synthetic, postcode)
);

create table reference.companies (
    is_synthetic boolean not null,
    company_number text not null,
    company_name text not null,
    previous_names text[] not null default '{}',
    postcode text,
    status text,
    category text,
    sic_codes text[] not null default '{}',
    incorporated_on date,
    dissolved_on date,
    primary key (is_synthetic, company_number)
);

create table reference.public_bodies (
    is_synthetic boolean not null,
    entity_id text not null,  -- org-id form
    body_name text not null,
    body_type text not null,
    aliases text[] not null default '{}',
    postcode text,
    publisher_id text,  -- set when the body is an anchor institution of ours
    valid_from date,
    valid_to date,
    primary key (is_synthetic, entity_id)
);

-- supplier decisions ------------------------------------------------------------------------------------

create table warehouse.supplier_decisions (
    decision_id bigint generated always as identity primary key,
    is_synthetic boolean not null,
    supplier_key text not null,
    entity_id text,  -- null: unmatched
    -- company_number, exact_name, name_and_postcode, previous_name, cut_name, public_body, unmatched
    method text not null,
    score numeric(5, 4),
    runner_up_entity_id text,
    runner_up_score numeric(5, 4),
    payee_kind text not null check (payee_kind in ('organisation', 'person', 'unclear')),
    evidence jsonb not null,
    engine_version text not null,
    reference_fingerprint text not null,
    decided_at timestamptz not null default now(),
    superseded_at timestamptz,
    foreign key (is_synthetic, supplier_key) references landing.suppliers
);
create unique index one_current_decision on warehouse.supplier_decisions (is_synthetic, supplier_key)
where superseded_at is null;

-- quality -----------------------------------------------------------------------------------------------

create table quality.releases (
    release_number integer generated always as identity primary key,
    source text not null,
    is_synthetic boolean not null,
    -- building: models under way. refused: a critical expectation failed. published: analysts may see it, or
    -- did until a later one. withdrawn: rolled back, never built again from the same inputs.
    status text not null default 'building' check (status in ('building', 'refused', 'failed', 'published', 'withdrawn')),
    status_reason text not null default '',
    fingerprint text not null,  -- of files, decisions, reference, code: equal means nothing new to release
    git_revision text not null,
    window_from text not null,
    window_to text not null,
    as_of date not null default current_date,
    created_at timestamptz not null default now(),
    published_at timestamptz,
    totals jsonb not null default '{}'
);

create table quality.release_files (
    release_number integer not null references quality.releases,
    file_id bigint not null references landing.file_versions,
    primary key (release_number, file_id)
);

-- The institutions and the expected-file calendar as the specs stood when the release was planned.
create table quality.release_publishers (
    release_number integer not null references quality.releases,
    publisher_id text not null,
    body_name text not null,
    org_id text not null,
    body_type text not null,
    ons_code text,
    ods_code text,
    postcode text not null,
    valid_from date not null,
    valid_to date,
    vat_basis text not null,
    threshold_gbp numeric(14, 2) not null,  -- in force at the end of the window
    licence text not null,
    is_verified boolean not null,
    primary key (release_number, publisher_id)
);

create table quality.release_expected_files (
    release_number integer not null references quality.releases,
    publisher_id text not null,
    stream text not null,
    period text not null,
    due_on date not null,
    primary key (release_number, publisher_id, stream, period)
);

-- Which release analysts see now: one row.
create table quality.current_release (
    only_row boolean primary key default true check (only_row),
    release_number integer not null references quality.releases,
    swapped_at timestamptz not null default now()
);

create table quality.gate_results (
    result_id bigint generated always as identity primary key,
    checked_at timestamptz not null default now(),
    suite text not null,  -- landed_file, payments, county_view
    file_id bigint references landing.file_versions,
    release_number integer references quality.releases,
    expectation text not null,
    column_name text,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    success boolean not null,
    observed jsonb not null default '{}',
    why text not null default ''
);
create index on quality.gate_results (file_id);
create index on quality.gate_results (release_number);

-- Warnings and facts about a file that stop nothing: an unknown header, a changed encoding.
create table quality.findings (
    file_id bigint not null references landing.file_versions,
    rule text not null,
    severity text not null,
    detail text not null,
    remedy text not null,
    sheet text not null,
    row_number integer,
    column_name text not null,
    found_at timestamptz not null default now()
);
create index on quality.findings (file_id);
