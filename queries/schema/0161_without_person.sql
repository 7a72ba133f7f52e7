-- answers: Removes the table in which names and telephones of the people in charge lay unsealed. Load the people in
-- charge again: names and telephones are sealed then.
-- grain: none
drop table if exists person;
