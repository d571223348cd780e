-- Files of more than one month, memo bodies and succession; specs that could not be read; bytes read again with
-- a corrected spec; and what changed in a publisher's files.

alter table quality.release_expected_files
add column months_count integer not null default 1 check (months_count between 1 and 12);

alter table quality.release_publishers
add column is_memo boolean not null default false,  -- shown, and left out of the county's totals
add column predecessors text[] not null default '{}';

-- A body whose spec could not be read when the release was planned: its calendar is that of the release before.
create table quality.release_spec_errors (
    release_number integer not null references quality.releases,
    publisher_id text not null,
    problem text not null,
    primary key (release_number, publisher_id)
);

-- The rule that refused a version, of the rule catalogue or the gates; '' where none did.
alter table landing.file_versions
add column status_rule text not null default '',
-- the same bytes may be read again with a corrected spec: another version of the same month
add column reading_number integer not null default 1 check (reading_number > 0);

update landing.file_versions
set status_rule = coalesce(
    substring(status_reason from '\[([a-z_]+)\]'), substring(status_reason from '(?:gate: |^)([a-z_]+) is '), ''
)
where status in ('rejected', 'held');

do $$
declare
    one_version_of_bytes text;
begin
    select conname into strict one_version_of_bytes
    from pg_constraint
    where conrelid = 'landing.file_versions'::regclass and contype = 'u';
    execute format('alter table landing.file_versions drop constraint %I', one_version_of_bytes);
end $$;
alter table landing.file_versions
add unique (is_synthetic, publisher_id, stream, period, sha256, reading_number);

create index on landing.fetch_attempts (is_synthetic, publisher_id, stream, period, attempt_id desc);

-- What changed in a publisher's files from one to the next: names of columns, encodings, sizes; never a cell.
create table quality.feed_drift (
    drift_id bigint generated always as identity primary key,
    is_synthetic boolean not null,
    publisher_id text not null,
    stream text not null,
    period text not null,
    file_id bigint not null references landing.file_versions,
    compared_file_id bigint not null references landing.file_versions,  -- the file it differs from
    rule text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    column_name text not null,
    before text not null,
    after text not null,
    noticed_at timestamptz not null default now(),
    unique (file_id, compared_file_id, rule, column_name, before, after)
);
