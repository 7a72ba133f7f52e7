-- answers: Leaves of the petitioners only those of the petitions in the excerpt.
-- params: none
-- returns: none
-- grain: one row per petition
-- order: none
create table petitioner as
select *
from petitioner
where petition_no in (select petition_no from petition);
