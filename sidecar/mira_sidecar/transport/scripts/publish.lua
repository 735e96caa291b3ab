-- A batch, whole: what it says is seen together, and only from the holder of the lease, behind what it said last.
-- Returns -1 to anyone else, -2 where what Redis has is not what was left there, and otherwise how many commands wait.
-- KEYS: lease, events, head, its seal, state, its seal, patches, answers, dead, and the commands streams. ARGV: the
-- lease as its holder knows it; the id that the events stream has to end with, or nothing where it begins from scratch;
-- the head that has to be there with its seal, and SHA-1 of such a state, or nothing where that is not looked at; the
-- new head and its seal, the new state and its seal, or nothing; events kept; dead entries kept; the group; the place of
-- the first event; the events, each with its mac; the patches; the answers (each of these three packed, see below); how
-- many dead entries; these, each with its reason; then for each commands stream how many of its entries are answered,
-- and their ids.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
local function ends_at(id)
  local found = redis.pcall('XINFO', 'STREAM', KEYS[2])
  if found.err then return id == '0-0' end
  local last, entry = '0-0', '0-0'
  for i = 1, #found, 2 do
    if found[i] == 'last-generated-id' then last = found[i + 1] end
    if found[i] == 'last-entry' and found[i + 1] then entry = found[i + 1][1] end
  end
  return last == id and entry == id
end
-- Many strings in one, each behind its length: as arguments of their own they would take most of a batch's time.
local function unpacked(packed)
  local at = 1
  return function()
    if at > #packed then return nil end
    local length, start = struct.unpack('>I', packed, at)
    at = start + length
    return string.sub(packed, start, at - 1)
  end
end
local function sealed(key, seal)
  local found = redis.call('MGET', key, seal)
  return (found[1] or '') .. (found[2] or '')
end
if ARGV[3] ~= '' and sealed(KEYS[3], KEYS[4]) ~= ARGV[3] then return -2 end
if ARGV[4] ~= '' and redis.sha1hex(sealed(KEYS[5], KEYS[6])) ~= ARGV[4] then return -2 end
if ARGV[2] == '' then redis.call('DEL', KEYS[2]) elseif not ends_at(ARGV[2]) then return -2 end
local seq, events = tonumber(ARGV[12]), unpacked(ARGV[13])
for event in events do
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[9], string.format('%d-0', seq), 'event', event, 'mac', events())
  seq = seq + 1
end
if ARGV[5] ~= '' then redis.call('MSET', KEYS[3], ARGV[5], KEYS[4], ARGV[6]) end
if ARGV[7] ~= '' then redis.call('MSET', KEYS[5], ARGV[7], KEYS[6], ARGV[8]) end
for patch in unpacked(ARGV[14]) do redis.call('PUBLISH', KEYS[7], patch) end
for answer in unpacked(ARGV[15]) do redis.call('PUBLISH', KEYS[8], answer) end
local place = 16
local function following()
  place = place + 1
  return ARGV[place]
end
for _ = 1, tonumber(ARGV[16]) do
  local reason, entry = following(), following()
  local added = redis.pcall('XADD', KEYS[9], 'MAXLEN', '~', ARGV[10], '*', 'reason', reason, 'entry', entry)
  if added.err then
    -- Something else has its place, or no id is left in it: none of that is worth a command.
    redis.call('DEL', KEYS[9])
    redis.call('XADD', KEYS[9], '*', 'reason', reason, 'entry', entry)
  end
end
local waiting = 0
for stream = 10, #KEYS do
  local count = tonumber(following())
  if count > 0 then
    redis.call('XACK', KEYS[stream], ARGV[11], unpack(ARGV, place + 1, place + count))
    redis.call('XDEL', KEYS[stream], unpack(ARGV, place + 1, place + count))
    place = place + count
  end
  waiting = waiting + redis.call('XLEN', KEYS[stream])
end
return waiting
