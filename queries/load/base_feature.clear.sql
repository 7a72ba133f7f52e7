-- answers: Takes out the features of these kinds, which a new file replaces.
-- params: kinds text[]
-- returns: none
-- grain: one row per feature
-- order: none
delete from base_feature
where kind in (select unnest($kinds));
