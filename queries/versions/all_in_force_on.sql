-- answers: The first day on which everything recorded up to a version is in force.
-- params: cs bigint
-- returns: day date
-- grain: one row; no day when there is no such version
-- order: none
select max(effective_on) as day
from changeset
where cs <= $cs
  and exists (select 1 from changeset as asked where asked.cs = $cs);
