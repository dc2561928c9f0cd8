-- Takes a cost of a bucket by the generic cell rate algorithm, as `gcra` in the port does, by this server's time.
-- KEYS[1]: the bucket; its value is the time at which it is full, in microseconds, and it is gone when it is full.
-- ARGV: the time in which one unit comes back, the units of a full bucket, the cost.
-- Answers: 1 where the cost was taken, what is left, when the bucket is full and when the cost fits, both from now in
-- microseconds; the last is -1 where the bucket is too small.
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local fills_in = interval * burst
local before = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local after = before + interval * cost
local wait = math.max(after - fills_in - now, 0)
local allowed = cost <= burst and wait == 0
local full_at = before
if allowed then
    full_at = after
    if cost > 0 then
        local ms = math.ceil((full_at - now) / 1000)
        redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', string.format('%.0f', ms))
    end
end
local left = math.max(math.floor((fills_in - (full_at - now)) / interval), 0)
if cost > burst then
    wait = -1
end
return { allowed and 1 or 0, left, full_at - now, wait }
