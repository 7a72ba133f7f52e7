-- answers: Keeps a view under a name; the same name again takes the place of the earlier one.
-- params: owner text, name text, page text, address text, saved_at timestamp
-- returns: none
-- grain: one row
-- order: none
insert or replace into saved_view (owner, name, page, address, saved_at)
values ($owner, $name, $page, $address, $saved_at);
