-- KEYS: lease, claim, and what Redis should have. ARGV: the lease as its holder knows it, milliseconds.
-- Three times 0 or 1: it goes on, and is not another's by now; who is to have it back asks for it; Redis has it all.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 0, 0, 1 } end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local whole = redis.call('EXISTS', unpack(KEYS, 3)) == #KEYS - 2
return { 1, redis.call('EXISTS', KEYS[2]), whole and 1 or 0 }
