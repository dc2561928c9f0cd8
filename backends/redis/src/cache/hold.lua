-- Holds an entry (ARGV[1]) under a key for so many milliseconds (ARGV[2]), unless what is held is newer, or as new and
-- the entry is a removal. An entry is a seq of twenty digits, a mark (+ a value, - a removal) and bytes. Says 1 where
-- the entry is held now.
local held = redis.call('GETRANGE', KEYS[1], 0, 19)
local offered = string.sub(ARGV[1], 1, 20)
local removal = string.sub(ARGV[1], 21, 21) == '-'
if held > offered or (removal and held == offered) then
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
