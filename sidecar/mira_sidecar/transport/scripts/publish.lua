-- A batch, whole: what it says is seen together, and only from the holder of the lease. Returns 0 to anyone else.
-- KEYS: lease, events, state, patches, answers, dead, commands. ARGV: the lease as its holder knows it; 1 where the
-- events begin anew; the state or nothing; events kept; dead entries kept; the group; how many events, patches, answers
-- and dead entries; then these (an event with its id, a dead entry with its reason), and the ids of what is answered.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local place = 10
local function following()
  place = place + 1
  return ARGV[place]
end
if ARGV[2] == '1' then redis.call('DEL', KEYS[2]) end
for _ = 1, tonumber(ARGV[7]) do
  local id = following()
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], id, 'event', following())
end
if ARGV[3] ~= '' then redis.call('SET', KEYS[3], ARGV[3]) end
for _ = 1, tonumber(ARGV[8]) do redis.call('PUBLISH', KEYS[4], following()) end
for _ = 1, tonumber(ARGV[9]) do redis.call('PUBLISH', KEYS[5], following()) end
for _ = 1, tonumber(ARGV[10]) do
  local reason = following()
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[5], '*', 'reason', reason, 'entry', following())
end
if place < #ARGV then
  redis.call('XACK', KEYS[7], ARGV[6], unpack(ARGV, place + 1))
  redis.call('XDEL', KEYS[7], unpack(ARGV, place + 1))
end
return 1
