-- answers: Forgets a view.
-- params: owner text, name text
-- returns: none
-- grain: none
-- order: none
delete from saved_view
where owner = $owner and name = $name;
