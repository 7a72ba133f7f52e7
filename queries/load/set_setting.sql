-- answers: Sets one setting of the store.
-- params: key text, value text
-- returns: none
-- grain: one row
-- order: none
insert or replace into store_setting (key, value)
values ($key, $value);
