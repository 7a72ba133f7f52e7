-- answers: Where the petitions of a scope lie that changes of boundaries moved.
-- params: none
-- returns: none
-- grain: one row per petition that moved and period
-- order: none
create or replace temp view petition_moved as
select *
from g.petition_moved
where petition_id in (select record_id from own_record where record_kind = 'petition');
