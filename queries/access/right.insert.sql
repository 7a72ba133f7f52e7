-- answers: Gives an account a role in a region.
-- params: account text, role text, region_id bigint, valid_from date, valid_to date, given_by text
-- returns: none
-- grain: one row
-- order: none
insert into account_right (account, role, region_id, valid_from, valid_to, given_by)
values ($account, $role, $region_id, $valid_from, $valid_to, $given_by);
