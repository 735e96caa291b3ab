-- KEYS: lease, claim, and what Redis should have. ARGV: the lease as its holder knows it, milliseconds.
-- Whether it goes on, and is not another's by now (0 or 1); the node that asks for it, or nothing; whether Redis has it
-- all (0 or 1).
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 0, '', 1 } end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local whole = redis.call('EXISTS', unpack(KEYS, 3)) == #KEYS - 2
return { 1, redis.call('GET', KEYS[2]) or '', whole and 1 or 0 }
