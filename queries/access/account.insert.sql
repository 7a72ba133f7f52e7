-- answers: Makes an account.
-- params: account text, title text, password_hash text, created_at timestamp, created_by text
-- returns: none
-- grain: one row
-- order: none
insert into account (account, title, password_hash, disabled, created_at, created_by)
values ($account, $title, $password_hash, false, $created_at, $created_by);
