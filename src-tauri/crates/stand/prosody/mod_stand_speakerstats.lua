-- Test only. The component that adds up who dominated for how long and tells joiners.
local st = require "util.stanza";
local jid = require "util.jid";
local json = require "util.json";
local now = require "util.time".now;

local muc = module:get_option_string("muc_component");

local function room_of(address) return prosody.hosts[muc].modules.muc.get_room_from_jid(address); end

local function settle(room)
	local current = room.stand_speaker;
	if not current then return; end
	local users = room.stand_speakers;
	users[current.nick] = (users[current.nick] or 0) + (now() - current.since) * 1000;
	current.since = now();
end

-- The dominant speaker says so itself.
module:hook("message/host", function (event)
	local said = event.stanza:get_child("speakerstats", "http://jitsi.org/jitmeet");
	local room = said and room_of(said.attr.room);
	local nick = room and room:get_occupant_jid(event.stanza.attr.from);
	if not nick then return true; end
	room.stand_speakers = room.stand_speakers or {};
	settle(room);
	room.stand_speaker = { nick = jid.resource(nick), since = now() };
	return true;
end);

module:hook_global("server-started", function ()
	module:context(muc):hook("muc-occupant-joined", function (event)
		local room, occupant = event.room, event.occupant;
		if not room.stand_speakers or occupant.nick:match("/focus$") then return; end
		settle(room);
		local users = {};
		for nick, milliseconds in pairs(room.stand_speakers) do
			users[nick] = {
				totalDominantSpeakerTime = math.floor(milliseconds);
				faceLandmarks = setmetatable({}, { __jsontype = "object" });
			};
		end
		module:send(st.message({ from = module.host, to = occupant.jid })
			:tag("json-message", { xmlns = "http://jitsi.org/jitmeet" })
			:text(json.encode({ type = "speakerstats", users = users })):up());
	end, -1);
end);
