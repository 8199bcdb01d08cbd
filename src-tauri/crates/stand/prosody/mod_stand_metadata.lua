-- Test only. The component that tells joiners the room's metadata.
local st = require "util.stanza";
local json = require "util.json";

local muc = module:get_option_string("muc_component");

local function metadata_of(room)
	local metadata = setmetatable({}, { __jsontype = "object" });
	local lobby = room._data.stand_lobby;
	if lobby ~= nil then
		metadata.lobbyEnabled = lobby;
		metadata.startMuted = setmetatable({}, { __jsontype = "object" });
	end
	return json.encode({ type = "room_metadata", metadata = metadata });
end

local function tell(room, to)
	module:send(st.message({ from = module.host, to = to })
		:tag("json-message", { xmlns = "http://jitsi.org/jitmeet", room = room.jid }):text(metadata_of(room)):up());
end

local function is_focus(occupant) return occupant.nick:match("/focus$"); end

module:hook_global("server-started", function ()
	local rooms = module:context(muc);
	-- Just before the joiner's own presence, after the others'.
	rooms:hook("muc-broadcast-presence", function (event)
		local room, occupant = event.room, event.occupant;
		room.stand_told = room.stand_told or {};
		if is_focus(occupant) then return; end
		if event.stanza.attr.type == "unavailable" then
			room.stand_told[occupant.nick] = nil;
		elseif room.stand_told[occupant.nick] ~= occupant.jid then
			room.stand_told[occupant.nick] = occupant.jid;
			tell(room, occupant.jid);
		end
	end);
	rooms:hook("stand-metadata-changed", function (event)
		for _, occupant in event.room:each_occupant() do
			if not is_focus(occupant) then tell(event.room, occupant.jid); end
		end
	end);
end);
