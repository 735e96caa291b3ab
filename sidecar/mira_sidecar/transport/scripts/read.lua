-- What waits in the commands streams for the holder of the lease, bounded in entries and in bytes: what a sender puts
-- there may be as long as Redis takes. It must not fill our memory, nor keep Redis busy for long.
-- KEYS: the streams. ARGV: the group, the consumer, most entries, most bytes, how much of a body is of use; after which
-- entry: 0, or > for what nobody has read yet.
-- One string, since many small ones take their time to be read: for each entry how long its id and its body are, its
-- stream's number, 1 where it has a body at all, the id and the body (its beginning).
local found, bytes, streams, count = {}, 0, {}, 1
local pack, length = struct.pack, tonumber(ARGV[5])
for _, key in ipairs(KEYS) do streams[#streams + 1] = key end
for _ = 1, #KEYS do streams[#streams + 1] = ARGV[6] end
repeat
  local new = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', count, 'STREAMS', unpack(streams)) or {}
  local before = #found
  for _, stream in ipairs(new) do
    local number = 1
    while KEYS[number] ~= stream[1] do number = number + 1 end
    for _, entry in ipairs(stream[2]) do
      local body, has_body, fields = '', 0, entry[2] or {}
      for place = 1, #fields, 2 do
        bytes = bytes + #fields[place + 1]
        if fields[place] == 'command' then body, has_body = string.sub(fields[place + 1], 1, length), 1 end
      end
      found[#found + 1] = pack('>BIBB', #entry[1], #body, number, has_body) .. entry[1] .. body
      if ARGV[6] ~= '>' then streams[#KEYS + number] = entry[1] end
    end
  end
  -- As many more as may be long and still be few bytes.
  count = math.min(count * 4, 64)
until #found == before or #found >= tonumber(ARGV[3]) or bytes >= tonumber(ARGV[4])
return table.concat(found)
