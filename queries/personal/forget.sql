-- answers: Removes the values that some keys sealed.
-- params: key_ids text[]
-- returns: none
-- grain: one row per removed value
-- order: none
delete from personal_value
where list_contains($key_ids, key_id);
