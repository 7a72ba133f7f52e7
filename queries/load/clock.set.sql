-- answers: Sets the due time in force on the petitions whose clocks were worked out.
-- params: deadlines table
-- returns: none
-- grain: one row per petition
-- order: none
update petition
set due_at = deadlines.due_at
from deadlines
where petition.petition_id = deadlines.case_id
  and petition.due_at is distinct from deadlines.due_at;
