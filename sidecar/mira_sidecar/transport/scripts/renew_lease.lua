-- KEYS: lease, claim, head, state. ARGV: the lease as its holder knows it, milliseconds.
-- Whether it goes on, and is not another's by now (0 or 1); the node that asks for it, or nothing; whether head and
-- state are there (0 or 1).
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 0, '', 1 } end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 1, redis.call('GET', KEYS[2]) or '', math.floor(redis.call('EXISTS', KEYS[3], KEYS[4]) / 2) }
