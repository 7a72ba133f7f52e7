-- answers: Puts petitions that are counted piece by piece where the measures look for them, in this session only.
-- Each lies in the region it was placed in on every day; 0 stands for none.
-- params: taken table
-- returns: none
-- grain: one row per petition
-- order: none
create or replace temp table petition as
select *
from petition
where false
union all by name
select
    taken.*,
    row_number() over () as petition_id,
    'point' as settled_by,
    0 as import_id
from taken;
