-- KEYS: lease, claim. ARGV: the lease as its holder knows it, milliseconds.
-- 0: it is another's by now, or gone; 1: it goes on; 2: it goes on, and who is to have it back asks for it.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1 + redis.call('EXISTS', KEYS[2])
