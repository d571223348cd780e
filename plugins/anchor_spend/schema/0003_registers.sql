-- Registers at national size: more facts of a company, charities and mutual societies, industries, and the
-- staging that lets a load go on where it was stopped.

alter table reference.companies
add column accounts_category text,
add column accounts_made_up_on date,
add column post_town text,
add column country_of_origin text,
add column mortgages_outstanding integer,
add column is_listed boolean not null default true,  -- false: no longer in the newest register, kept
add column last_vintage text;  -- of the register that listed it last; null while listed: that of the dataset

-- Charities and mutual societies. A world without their registers works.
create table reference.organisations (
    is_synthetic boolean not null,
    entity_id text not null,  -- org-id form: GB-CHC-, GB-SC-, GB-NIC-, GB-MPR-
    register text not null check (register in ('ccew', 'oscr', 'ccni', 'fca_mutuals')),
    organisation_name text not null,
    other_names text[] not null default '{}',
    postcode text,
    post_town text,
    legal_form text,  -- in the register's own words
    status text,
    registered_on date,
    removed_on date,
    company_number text,  -- the same organisation at Companies House
    other_ids text[] not null default '{}',  -- the same organisation in other registers
    latest_income numeric(16, 2),
    latest_income_year_end date,
    is_listed boolean not null default true,
    last_vintage text,
    primary key (is_synthetic, entity_id)
);
create index on reference.organisations (is_synthetic, company_number) where company_number is not null;

-- Industries: the Standard Industrial Classification of 2007 as Companies House words it.
create table reference.sic_codes (
    is_synthetic boolean not null,
    sic_code text not null,  -- five digits
    description text not null,
    primary key (is_synthetic, sic_code)
);

-- The files behind the newest load of a dataset, in the order in which their rows count.
create table reference.register_files (
    is_synthetic boolean not null,
    dataset text not null,
    position integer not null,
    layout text not null,
    file_name text not null,
    vintage text not null,
    licence text not null,
    sha256 text not null,
    rows_read bigint not null,
    primary key (is_synthetic, dataset, position)
);

-- Staging: what has been read of a load under way, file by file and chunk by chunk. Unlogged: after a crash of
-- the server it is empty, and the load begins anew. One load uses it at a time.
create unlogged table reference.staged_files (
    is_synthetic boolean not null,
    dataset text not null,
    position integer not null,
    content_sha256 text not null,  -- of the file, its member, its layout and the reader
    rows_read bigint not null,  -- rows of the file that are staged
    is_finished boolean not null,
    primary key (is_synthetic, dataset, position)
);
create unlogged table reference.staged_postcodes (like reference.postcodes including defaults including indexes);
create unlogged table reference.staged_companies (like reference.companies including defaults including indexes);
create unlogged table reference.staged_organisations (
    like reference.organisations including defaults including constraints, primary key (is_synthetic, entity_id)
);
create unlogged table reference.staged_sic_codes (like reference.sic_codes including defaults including indexes);
create unlogged table reference.staged_public_bodies (
    like reference.public_bodies including defaults including indexes
);
