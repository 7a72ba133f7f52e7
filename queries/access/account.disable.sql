-- answers: Takes an account out of use, or puts it back.
-- params: account text, disabled boolean
-- returns: none
-- grain: one row
-- order: none
update account
set disabled = $disabled
where account = $account;
