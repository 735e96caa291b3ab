-- KEYS: lease, claim, state. ARGV: the lease as its holder knows it, milliseconds.
-- Three times 0 or 1: it goes on, and is not another's by now; who is to have it back asks for it; the state is there.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 0, 0, 1 } end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 1, redis.call('EXISTS', KEYS[2]), redis.call('EXISTS', KEYS[3]) }
