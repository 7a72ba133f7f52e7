-- answers: Earlier states of the petitions of a scope.
-- params: none
-- returns: none
-- grain: one row per petition and import that replaced it
-- order: none
create or replace temp view petition_past as
select *
from g.petition_past
where petition_id in (select record_id from own_record where record_kind = 'petition');
