-- answers: Of how many bytes is a block of the store's file?
-- params: none
-- returns: block_size bigint
-- grain: one row
-- order: none
select block_size from pragma_database_size() where database_name = 'g';
