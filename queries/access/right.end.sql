-- answers: Ends the rights of an account in a role from a day on; what had not begun by then never does.
-- params: account text, role text, on_day date
-- returns: role varchar
-- grain: one row per right ended
-- order: none
update account_right
set valid_to = greatest(valid_from, $on_day)
where account = $account
  and role = $role
  and valid_to > $on_day
returning role;
