-- Reviewed decisions about names that are, or may be, a person's lie in a file of the home folder: a release says how
-- many it was made with, so that a file that has gone missing is noticed.
alter table quality.releases add column reviewed_persons integer not null default 0;
