-- Test only. A members-only room gets a lobby: who is no member is told its address, owners of the
-- room own the lobby, and everybody in the room hears about it.
local st = require "util.stanza";
local jid = require "util.jid";
local json = require "util.json";

local lobby_host = module:get_option_string("stand_lobby");
local jitmeet = "http://jitsi.org/jitmeet";

local function lobby_muc() return prosody.hosts[lobby_host].modules.muc; end
local function lobby_of(room) return lobby_muc().get_room_from_jid(jid.node(room.jid).."@"..lobby_host); end

local function notify(room, actor_nick, content)
	content.type = "lobby-notify";
	local message = st.message({ from = actor_nick, type = "groupchat" })
		:tag("json-message", { xmlns = jitmeet }):text(json.encode(content)):up();
	room:broadcast_message(message);
end

local function open_lobby(room)
	local address = jid.node(room.jid).."@"..lobby_host;
	local lobby = lobby_muc().create_room(address);
	if not lobby then return; end
	lobby:set_persistent(true);
	for who, affiliation in room:each_affiliation() do
		if affiliation == "owner" then lobby:set_affiliation(true, who, "owner"); end
	end
	for _, occupant in room:each_occupant() do
		if room:get_affiliation(occupant.bare_jid) == "owner" then
			lobby:set_affiliation(true, occupant.bare_jid, "owner");
		end
	end
end

module:hook("muc-config-submitted/muc#roomconfig_membersonly", function (event)
	local room, on = event.room, event.value;
	if on == (lobby_of(room) ~= nil) then return; end
	local actor = room:get_occupant_jid(event.actor) or room.jid;
	room._data.stand_lobby = on;
	if on then
		open_lobby(room);
	else
		local lobby = lobby_of(room);
		lobby:set_persistent(false);
		lobby:destroy(room.jid, "Lobby room closed.");
	end
	notify(room, actor, { event = "LOBBY-ENABLED", value = on });
	module:fire_event("stand-metadata-changed", { room = room });
end, -1);

module:hook("muc-set-affiliation", function (event)
	local lobby = lobby_of(event.room);
	if lobby and event.affiliation == "owner" then lobby:set_affiliation(true, event.jid, "owner"); end
end);

module:hook("muc-disco#info", function (event)
	local lobby = lobby_of(event.room);
	if not lobby then return; end
	table.insert(event.form, {
		name = "muc#roominfo_lobbyroom"; type = "text-single"; label = "Lobby room jid"; value = lobby.jid;
	});
end);

-- Before Prosody's own refusal (priority -5). The right password opens the door, too.
module:hook("muc-occupant-pre-join", function (event)
	local room, stanza = event.room, event.stanza;
	local lobby = lobby_of(room);
	if not lobby then return; end
	local affiliation = room:get_affiliation(stanza.attr.from);
	if affiliation and affiliation ~= "none" and affiliation ~= "outcast" then return; end
	local x = stanza:get_child("x", "http://jabber.org/protocol/muc");
	local password = x and x:get_child_text("password", "http://jabber.org/protocol/muc");
	if password and password == room:get_password() then
		room:set_affiliation(true, jid.bare(stanza.attr.from), "member");
		return;
	end
	local reply = st.error_reply(stanza, "auth", "registration-required")
		:tag("lobbyroom", { xmlns = jitmeet }):text(lobby.jid):up():up()
		:tag("lobbyroom"):text(lobby.jid):up();
	reply:get_child("error").attr.code = "407";
	event.origin.send(reply:tag("x", { xmlns = "http://jabber.org/protocol/muc" }));
	return true;
end, -4);

local function knocker(lobby, real_jid)
	local occupant = lobby:get_occupant_by_real_jid(real_jid);
	if not occupant then return nil; end
	local presence = occupant:get_presence();
	return occupant.nick, presence and presence:get_child_text("nick", "http://jabber.org/protocol/nick");
end

module:hook("muc-invite", function (event)
	local lobby = lobby_of(event.room);
	if not lobby then return; end
	local nick, name = knocker(lobby, event.stanza.attr.to);
	if not nick then return; end
	local actor = event.room:get_occupant_jid(event.incoming.attr.from);
	-- Without telling the lobby: who was let in will see it when leaving.
	lobby._affiliations[jid.bare(event.stanza.attr.to)] = "member";
	notify(event.room, actor, { event = "LOBBY-ACCESS-GRANTED", value = nick, name = name });
end, 10);

-- Being kicked ends a membership that an invitation or a password gave.
module:hook("muc-broadcast-presence", function (event)
	local kicked = event.x:get_child_with_attr("status", nil, "code", "307");
	local bare = event.occupant.bare_jid;
	if kicked and event.room:get_affiliation(bare) == "member" then
		event.room:set_affiliation(true, bare, "none");
	end
end);

-- Names are wanted of those who knock; asked before joining, the room is known from the connection.
local function disco(event)
	if event.node ~= "lobbyrooms" then return; end
	event.exists = true;
	local name = event.origin.stand_query and event.origin.stand_query.room;
	local room = name and module:fire_event("stand-room-of-lobby", { node = name });
	if room and lobby_of(room) then
		event.reply:tag("feature", { var = "http://jitsi.org/protocol/lobbyrooms#displayname_required" }):up();
	end
end

module:hook_global("server-started", function ()
	module:context(lobby_host):hook("host-disco-info-node", disco);
	module:context(lobby_host):hook("muc-occupant-left", function (event)
		local main = module:context(module.host):fire_event("stand-room-of-lobby", { node = jid.node(event.room.jid) });
		local x = event.stanza and event.stanza:get_child("x", "http://jabber.org/protocol/muc#user");
		local kicked = x and x:get_child_with_attr("status", nil, "code", "307");
		if main and kicked then
			notify(main, main.jid, { event = "LOBBY-ACCESS-DENIED", value = event.nick });
		end
	end);
end);

module:hook("stand-room-of-lobby", function (event)
	return module:depends("muc").get_room_from_jid(event.node.."@"..module.host);
end);
