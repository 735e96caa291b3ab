-- KEYS: lease, presence. ARGV: the lease as its holder knows it.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1], KEYS[2]) end
