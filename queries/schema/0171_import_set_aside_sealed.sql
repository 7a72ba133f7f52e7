-- answers: A row that was set aside, sealed: nobody declared what in it says who somebody is.
-- grain: none
alter table import_set_aside add column if not exists sealed blob;
