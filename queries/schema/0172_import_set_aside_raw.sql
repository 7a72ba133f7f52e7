-- answers: Lets rows that are set aside lie sealed alone; those of before stay as they are until their time is over.
-- grain: none
alter table import_set_aside alter column raw drop not null;
