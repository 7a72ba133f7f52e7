-- answers: Whether a region of a level is asked for: level 'every' asks for all of them at once.
-- grain: one value
create or replace macro at_level(level, asked) as
level = asked or asked = 'every';
