-- KEYS: lease, fence. ARGV: who asks (JSON, without a fence), the highest fence it knows, milliseconds.
-- The lease as it is now: the asker's own where it was free, or held by its own store.
local asker = cjson.decode(ARGV[1])
local held = redis.call('GET', KEYS[1])
if held and cjson.decode(held).store_id ~= asker.store_id then return held end
asker.fence = math.max(tonumber(redis.call('GET', KEYS[2]) or 0) or 0, tonumber(ARGV[2])) + 1
local lease = cjson.encode(asker)
redis.call('SET', KEYS[2], asker.fence)
redis.call('SET', KEYS[1], lease, 'PX', ARGV[3])
return lease
