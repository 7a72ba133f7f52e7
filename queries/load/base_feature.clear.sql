-- answers: Takes out the features of the kinds that a new file holds and so replaces.
-- params: path text
-- returns: none
-- grain: one row per feature
-- order: none
delete from base_feature
where kind in (select distinct kind from read_parquet($path));
