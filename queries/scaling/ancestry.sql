-- answers: Makes every region its own and only ancestor, at level 'cell', in this session only: a measure then counts
-- by the regions that records were placed in, whatever their level.
-- params: none
-- returns: none
-- grain: one row per region with petitions
-- order: none
create or replace temp table ancestry as
select distinct
    settled_in as region_id,
    'cell' as level,
    settled_in as ancestor_id,
    date '1900-01-01' as valid_from,
    date '9999-12-31' as valid_to
from petition;
