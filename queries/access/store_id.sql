-- answers: Gives the store the name its keys go by.
-- params: key text, value text
-- returns: none
-- grain: one row
-- order: none
insert into store_setting (key, value)
values ($key, $value);
