-- answers: The deadlines worked out for the petitions of a scope.
-- params: none
-- returns: none
-- grain: one row per petition and change
-- order: none
create or replace temp view petition_deadline as
select *
from g.petition_deadline
where petition_id in (select record_id from own_record where record_kind = 'petition');
