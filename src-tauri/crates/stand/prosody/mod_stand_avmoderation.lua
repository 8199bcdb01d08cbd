-- Test only. The component through which a moderator takes and gives the right to unmute.
local st = require "util.stanza";
local jid = require "util.jid";
local json = require "util.json";

local muc = module:get_option_string("muc_component");
local media_types = { audio = true, video = true, desktop = true };

local function room_and_nick(real_jid)
	for room in prosody.hosts[muc].modules.muc.each_room(true) do
		local occupant = room:get_occupant_by_real_jid(real_jid);
		if occupant then return room, occupant; end
	end
end

local function tell(to, content)
	content.type = "av_moderation";
	module:send(st.message({ from = module.host, to = to })
		:tag("json-message", { xmlns = "http://jitsi.org/jitmeet" }):text(json.encode(content)):up());
end

local function tell_moderators(room, kind, removed)
	for _, occupant in room:each_occupant() do
		if occupant.role == "moderator" and not occupant.nick:match("/focus$") then
			tell(occupant.jid, {
				whitelists = { [kind] = room.stand_av[kind].list }; mediaType = kind; room = room.jid; removed = removed;
			});
		end
	end
end

local function contains(list, nick)
	for at, known in ipairs(list) do
		if known == nick then return at; end
	end
end

local function enable(room, actor, kind, on)
	room.stand_av = room.stand_av or {};
	if (room.stand_av[kind] ~= nil) == on then return; end
	room.stand_av[kind] = on and { list = { actor.nick } } or nil;
	for _, occupant in room:each_occupant() do
		tell(occupant.jid, { enabled = on; mediaType = kind; actor = actor.nick; room = room.jid });
	end
	if on then tell_moderators(room, kind); end
end

local function change(room, kind, nick, allowed)
	local state = room.stand_av and room.stand_av[kind];
	local occupant = room:get_occupant_by_nick(nick);
	if not state or not occupant then return; end
	local at = contains(state.list, nick);
	if allowed and not at then
		table.insert(state.list, nick);
	elseif not allowed and at then
		table.remove(state.list, at);
	else
		return;
	end
	tell(occupant.jid, {
		mediaType = kind; room = room.jid; approved = allowed or nil; removed = not allowed or nil;
	});
	tell_moderators(room, kind, not allowed or nil);
end

module:hook("message/host", function (event)
	local wish = event.stanza.tags[1];
	if not wish or wish.name ~= "av_moderation" or not media_types[wish.attr.mediaType] then return true; end
	local room, actor = room_and_nick(event.stanza.attr.from);
	-- As in the original, a connection without ?room= is in no room for components.
	local query = event.origin.stand_query;
	if not room or not query or query.room ~= jid.node(room.jid) then return true; end
	if actor.role ~= "moderator" then
		event.origin.send(st.error_reply(event.stanza, "auth", "forbidden"));
		return true;
	end
	local kind = wish.attr.mediaType;
	if wish.attr.enable then
		enable(room, actor, kind, wish.attr.enable == "true");
	elseif wish.attr.jidToWhitelist then
		change(room, kind, wish.attr.jidToWhitelist, true);
	elseif wish.attr.jidToBlacklist then
		change(room, kind, wish.attr.jidToBlacklist, false);
	end
	return true;
end);
