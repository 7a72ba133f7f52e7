-- answers: Sets the password of an account.
-- params: account text, password_hash text
-- returns: none
-- grain: one row
-- order: none
update account
set password_hash = $password_hash
where account = $account;
