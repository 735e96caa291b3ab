-- KEYS: presence, lease. ARGV: the presence, milliseconds, the lease as its holder knows it.
-- Says 0 to one whose lease another has by now: it is not for him to say who serves.
local held = redis.call('GET', KEYS[2])
if held and held ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
