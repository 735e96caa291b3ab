-- A batch, whole: what it says is seen together, and only from the holder of the lease. Returns -1 to anyone else, and
-- otherwise how many commands wait.
-- KEYS: lease, events, state, patches, answers, dead, and the commands streams. ARGV: the lease as its holder knows it; 1
-- where the events begin anew; the state or nothing; events kept; dead entries kept; the group; how many events, patches,
-- answers and dead entries; then these (an event with its id, a dead entry with its reason); then for each commands
-- stream how many of its entries are answered, and their ids.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
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
local waiting = 0
for stream = 7, #KEYS do
  local count = tonumber(following())
  if count > 0 then
    redis.call('XACK', KEYS[stream], ARGV[6], unpack(ARGV, place + 1, place + count))
    redis.call('XDEL', KEYS[stream], unpack(ARGV, place + 1, place + count))
    place = place + count
  end
  waiting = waiting + redis.call('XLEN', KEYS[stream])
end
return waiting
