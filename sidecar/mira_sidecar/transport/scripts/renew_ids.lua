-- Gives the entries of streams new ids where the last one is from the future: Redis gives only higher ones, and none
-- behind the highest. KEYS: the streams. ARGV: their group, or nothing; milliseconds that count as the future.
-- Each stream that it was done to, and whether its ids were no times at all (0 or 1).
local renewed = {}
for _, key in ipairs(KEYS) do
  local found, last = redis.pcall('XINFO', 'STREAM', key), 0
  for i = 1, #found, 2 do
    if found[i] == 'last-generated-id' then last = tonumber(string.match(found[i + 1], '^%d+')) end
  end
  if last > redis.call('TIME')[1] * 1000 + ARGV[2] then
    local entries = redis.call('XRANGE', key, '-', '+')
    redis.call('DEL', key)
    if ARGV[1] ~= '' then redis.call('XGROUP', 'CREATE', key, ARGV[1], '0', 'MKSTREAM') end
    for _, entry in ipairs(entries) do redis.call('XADD', key, '*', unpack(entry[2])) end
    renewed[#renewed + 1] = { key, last > 9e15 and 1 or 0 }
  end
end
return renewed
