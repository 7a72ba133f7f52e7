-- answers: What is known of an account: its hash, and whether it is out of use.
-- params: account text
-- returns: account varchar, title varchar, password_hash varchar, disabled boolean
-- grain: one row, or none
-- order: none
select account, title, password_hash, disabled
from account
where account = $account;
